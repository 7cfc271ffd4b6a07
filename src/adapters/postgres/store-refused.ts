/** The store cannot be opened, and its message is a sentence for the person who started it. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}
