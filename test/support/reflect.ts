// A reflector on whole objects, by the paths that are read of them.
import type { PathSpec } from '../../src/core/object.ts';
import { type ReflectOptions, type Reflector, reflectShape } from '../../src/kube/reflect/reflector.ts';
import { objectShape } from '../../src/kube/reflect/watch-shape.ts';

export type PickOptions = ReflectOptions & { readonly pick: PathSpec };

export const reflect = ({ pick, ...options }: PickOptions): Reflector =>
  reflectShape(
    options,
    objectShape(pick, () => options.fallbacks('decoder', options.session.context.cluster)),
  );
