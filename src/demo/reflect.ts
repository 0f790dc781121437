// @peculiar/x509 stands on tsyringe, which refuses to load without the metadata extension of Reflect. It reads no
// metadata that we would give it, so answering "none" is enough; the whole polyfill is not needed.
const reflect = Reflect as unknown as Record<string, unknown>;
reflect.getMetadata ??= (): undefined => undefined;
reflect.getOwnMetadata ??= (): undefined => undefined;
reflect.defineMetadata ??= (): void => {};
reflect.metadata ??= () => (): void => {};
