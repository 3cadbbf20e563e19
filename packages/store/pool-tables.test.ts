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
