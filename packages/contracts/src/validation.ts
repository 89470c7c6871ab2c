import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/** Where and why a value broke its schema. */
export interface SchemaFault {
  /** JSON pointer (RFC 6901); empty for the whole value. */
  readonly pointer: string;
  readonly message: string;
}

/** Undefined when the value conforms. */
export type Check = (value: unknown) => SchemaFault | undefined;

/** A check that compiles its schema at first use, once: a service that never sees an event never pays for it. */
export function checkOf(schema: () => TSchema): Check {
  let compiled: ReturnType<typeof Compile> | undefined;
  return (value) => {
    compiled ??= Compile(schema());
    if (compiled.Check(value)) return undefined;
    return deepest(compiled.Errors(value));
  };
}

interface ValidatorError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
  readonly params: object;
}

/** Of several errors the first of the deepest: the branches of a union complain about their own root as well. */
function deepest(errors: readonly ValidatorError[]): SchemaFault {
  const faults = errors.flatMap(faultsOf);
  const depth = (fault: SchemaFault) => fault.pointer.split('/').length;
  return faults.reduce<SchemaFault>((best, fault) => (depth(fault) > depth(best) ? fault : best), {
    pointer: '',
    message: 'does not match its schema',
  });
}

/** A missing or unknown property is reported on its parent; the pointer should name the property itself. */
function faultsOf(error: ValidatorError): SchemaFault[] {
  const names = propertiesNamedBy(error);
  if (names.length === 0) return [{ pointer: error.instancePath, message: error.message }];
  const message = error.keyword === 'required' ? 'is missing' : 'is not declared';
  return names.map((name) => ({ pointer: `${error.instancePath}/${escaped(name)}`, message }));
}

function propertiesNamedBy(error: ValidatorError): readonly string[] {
  const params = error.params as { requiredProperties?: readonly string[]; additionalProperties?: readonly string[] };
  if (error.keyword === 'required') return params.requiredProperties ?? [];
  if (error.keyword === 'additionalProperties') return params.additionalProperties ?? [];
  return [];
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
