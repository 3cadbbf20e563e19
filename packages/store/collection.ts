/** The objects of one kind in the store: looked up, added, replaced and removed one at a time. */
import type { CompleteConfiguration } from './configuration.ts';
import { type Fault, ValidationError } from './fault.ts';

/** The parts of a configuration that are lists of objects. */
export type CollectionField = {
  [Field in keyof CompleteConfiguration]: CompleteConfiguration[Field] extends readonly unknown[]
    ? Field
    : never;
}[keyof CompleteConfiguration];

export type ObjectOf<Field extends CollectionField> = CompleteConfiguration[Field][number];

/** Where a collection reads and writes; changes are checked as a whole and stored or refused. */
export interface ConfigurationAccess {
  read(): Promise<CompleteConfiguration>;
  change(edit: (before: CompleteConfiguration) => CompleteConfiguration): Promise<unknown>;
}

export class Collection<Field extends CollectionField> {
  readonly #field: Field;
  readonly #keyOf: (object: ObjectOf<Field>) => string;
  readonly #access: ConfigurationAccess;

  /** `keyOf` gives what no two objects of the kind share. */
  constructor(
    field: Field,
    keyOf: (object: ObjectOf<Field>) => string,
    access: ConfigurationAccess,
  ) {
    this.#field = field;
    this.#keyOf = keyOf;
    this.#access = access;
  }

  /** In order of key. */
  async list(): Promise<readonly ObjectOf<Field>[]> {
    return this.#objects(await this.#access.read());
  }

  /** Undefined when there is none. */
  async find(key: string): Promise<ObjectOf<Field> | undefined> {
    return (await this.list()).find((each) => this.#keyOf(each) === key);
  }

  /** Throws a ValidationError when the key is taken or a rule is broken. */
  async add(object: ObjectOf<Field>): Promise<void> {
    const key = this.#keyOf(object);
    await this.#change((objects) => {
      if (objects.some((each) => this.#keyOf(each) === key)) {
        throw new ValidationError([this.#fault(key, 'exists already')]);
      }
      return [...objects, object];
    });
  }

  /** Replaces the object of the same key. Throws a ValidationError when there is none. */
  async update(object: ObjectOf<Field>): Promise<void> {
    const key = this.#keyOf(object);
    await this.#change((objects) => {
      this.#assertKnown(objects, key);
      return objects.map((each) => (this.#keyOf(each) === key ? object : each));
    });
  }

  /** Throws a ValidationError when there is none, or when something else needs it. */
  async remove(key: string): Promise<void> {
    await this.#change((objects) => {
      this.#assertKnown(objects, key);
      return objects.filter((each) => this.#keyOf(each) !== key);
    });
  }

  async #change(
    edit: (objects: readonly ObjectOf<Field>[]) => readonly ObjectOf<Field>[],
  ): Promise<void> {
    await this.#access.change((before) => ({
      ...before,
      [this.#field]: edit(this.#objects(before)),
    }));
  }

  #objects(configuration: CompleteConfiguration): readonly ObjectOf<Field>[] {
    return configuration[this.#field] as readonly ObjectOf<Field>[];
  }

  #assertKnown(objects: readonly ObjectOf<Field>[], key: string): void {
    if (objects.some((each) => this.#keyOf(each) === key)) return;
    throw new ValidationError([this.#fault(key, 'does not exist')]);
  }

  #fault(key: string, rule: string): Fault {
    return { field: `${this.#field}[${key}]`, rule };
  }
}
