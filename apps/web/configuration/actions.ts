/** What can be done with a stored object beside saving it, by kind: buttons on its page. */
import type { ReactNode } from 'react';
import type { Kind } from '../api/objects.ts';

/** `objectKey` names the object as it is stored. */
export type ObjectActions = (objectKey: string) => ReactNode;

export const ACTIONS: Readonly<Partial<Record<Kind, ObjectActions>>> = {};
