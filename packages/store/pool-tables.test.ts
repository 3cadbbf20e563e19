import { afterEach, beforeEach, expect, test } from 'vitest';
import { SAMPLE_CONFIGURATION } from './sample-configuration.ts';
import { Store } from './store.ts';

let store: Store;

beforeEach(async () => {
  store = await Store.open(':memory:');
  await store.writeConfiguration(SAMPLE_CONFIGURATION);
});

afterEach(() => store.close());

test('a device pool has what CUCM names in it, changes it and loses it', async () => {
  const pool = {
    name: 'South',
    region: 'S',
    dateTimeGroup: 'CMLocal',
    callManagerGroup: 'Default',
  };
  await store.devicePools.add({ ...pool, mediaResourceList: 'MRGL-DEFAULT' });
  expect(await store.devicePools.find('South')).toEqual({
    ...pool,
    mediaResourceList: 'MRGL-DEFAULT',
  });
  await store.devicePools.update({ name: 'South', region: 'Far South' });
  expect(await store.devicePools.find('South')).toEqual({ name: 'South', region: 'Far South' });
  await store.devicePools.remove('South');
  expect(await store.devicePools.find('South')).toBeUndefined();
});

test('a common device configuration stays while a device names it', async () => {
  await store.commonDeviceConfigurations.add({ name: 'Common', userLocale: 'Spanish_Spain' });
  const [phone] = await store.phones.list();
  if (!phone) throw new Error('the sample has phones');
  await store.phones.update({ ...phone, commonDeviceConfiguration: 'Common' });
  expect(await store.phones.find(phone.name)).toHaveProperty('commonDeviceConfiguration', 'Common');
  await expect(store.commonDeviceConfigurations.remove('Common')).rejects.toThrow(
    `phones[${phone.name}].commonDeviceConfiguration: there is no common device configuration`,
  );
  await store.phones.update(phone);
  await store.commonDeviceConfigurations.update({ name: 'Common' });
  expect(await store.commonDeviceConfigurations.list()).toEqual([{ name: 'Common' }]);
  await store.commonDeviceConfigurations.remove('Common');
  expect(await store.commonDeviceConfigurations.list()).toEqual([]);
});

test('what only other systems know of an object goes with it; a directory number needs no phone', async () => {
  const number = { pattern: '8100', partition: 'P', description: 'Desk', alertingName: 'Ada' };
  const field = { field: 'usage', value: 'Device' };
  const fields = [
    { kind: 'lines', key: '8100/P', ...field },
    { kind: 'lines', key: '1001', ...field },
    { kind: 'devicePools', key: 'Default', ...field },
  ];
  await store.changeConfiguration((before) => ({
    ...before,
    directoryNumbers: [number],
    otherFields: [...fields, { kind: 'devicePools', key: 'None', ...field }],
  }));
  const stored = await store.readConfiguration();
  expect(stored?.directoryNumbers).toEqual([number]);
  expect(new Set(stored?.otherFields)).toEqual(new Set(fields));
  await store.changeConfiguration((before) => ({
    ...before,
    directoryNumbers: [{ ...number, description: '' }],
    otherFields: before.otherFields.map((each) => ({ ...each, value: 'other' })),
  }));
  await store.directoryNumbers.remove('8100/P');
  expect((await store.readConfiguration())?.otherFields).toEqual([
    { kind: 'devicePools', key: 'Default', field: 'usage', value: 'other' },
    { kind: 'lines', key: '1001', field: 'usage', value: 'other' },
  ]);
  const taken = { ...number, pattern: '5000', partition: '' };
  await expect(store.directoryNumbers.add(taken)).rejects.toThrow('MML-03');
});
