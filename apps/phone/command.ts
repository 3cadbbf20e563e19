export async function phoneCommand(_argv: readonly string[]): Promise<void> {}
