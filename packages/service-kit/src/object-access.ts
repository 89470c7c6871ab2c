import type { Refusal } from '@tenor/contracts';
import type { FastifyRequest, FastifySchema, RouteOptions } from 'fastify';
import { validate } from 'uuid';
import { ProblemError } from './errors.ts';
import { allows, isTokenless } from './permissions.ts';

/** Tells of one kind of thing whose it is. */
export interface Owner {
  /** The customer to whom the thing of this id belongs; undefined for an unknown id. */
  readonly of: (id: string) => Promise<string | undefined>;
  /** What is answered for an id that is unknown, and for one that is somebody else's. */
  readonly unknown: (id: string) => Refusal;
}

/** What a service knows of whose things are, by kind. */
export interface Owners {
  readonly customer?: Owner;
  readonly loan?: Owner;
  readonly payment?: Owner;
}

/** Whose the thing is that a request names, and what is answered when it is not the caller's. */
export interface Found {
  /** Undefined for what nobody owns, and for an unknown id. */
  readonly customerId: string | undefined;
  readonly unknown: Refusal;
}

/** For a route whose requests name things in a way of their own. */
export type FindOwner = (request: FastifyRequest) => Promise<Found>;

/** Where requests name things by their ids; of several, each must be the caller's. */
interface OwnPlaces {
  /** A filter of a list (`query.customer_id`) that is left out becomes the caller's own. */
  readonly customer?: 'params.id' | 'query.customer_id' | 'body.customer_id';
  readonly loan?: `params.${string}` | `body.${string}`;
  readonly payment?: `params.${string}` | `body.${string}`;
}

/** Whose things a route shows or changes; `nobody` where all customers may see the same. */
export type Own = 'nobody' | OwnPlaces | FindOwner;

/** Of a customer's token that names no customer: an id that no customer has. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * The customer to whose things a request is confined, since only the role `customer` lets its caller in; undefined for
 * a caller who may at everybody's: of several roles the widest counts.
 */
export function confinedTo({ caller, routeOptions }: FastifyRequest): string | undefined {
  const { permission } = routeOptions.config;
  const others = caller.roles.filter((role) => role !== 'customer');
  if (isTokenless(permission) || allows(others, permission)) return undefined;
  const id = caller.customerId?.toLowerCase();
  return validate(id) ? id : NOBODY;
}

type Kind = keyof Owners;

interface Place {
  readonly kind: Kind;
  readonly part: 'params' | 'query' | 'body';
  readonly field: string;
}

function placesOf(own: OwnPlaces): Place[] {
  return Object.entries(own).map(([kind, place]) => {
    const [part, field] = place.split('.');
    return { kind, part, field } as Place;
  });
}

/** Looks up what the place names; a filter of a list that is left out becomes the caller's own. */
function findAt(owners: Owners, { kind, part, field }: Place, customerId: string): FindOwner {
  const owner = owners[kind];
  if (owner === undefined) throw new Error(`Nothing tells whose a ${kind} is`);
  return async (request) => {
    const named = (request[part] ?? {}) as Record<string, unknown>;
    if (part === 'query') named[field] ??= customerId;
    const id = String(named[field]).toLowerCase();
    return { customerId: validate(id) ? await owner.of(id) : undefined, unknown: owner.unknown(id) };
  };
}

/** Checked as each route is registered: throws where `own` names nothing, or what a request may lack or nobody can look up. */
export function checkOwn(owners: Owners): (route: RouteOptions) => void {
  return ({ method, url, config, schema = {} }) => {
    const { own } = config ?? {};
    if (own === undefined || own === 'nobody' || typeof own === 'function') return;
    const places = placesOf(own);
    if (places.length === 0) throw new Error(`Route ${String(method)} ${url} says own: {}, which names nothing`);
    for (const place of places) {
      if (owners[place.kind] !== undefined && takes(schema, place)) continue;
      const { kind, part, field } = place;
      throw new Error(`Route ${String(method)} ${url} says own ${kind}: ${part}.${field}, which it cannot look up`);
    }
  };
}

/** Whether the route's schema has the field; but for a filter, no request can be without it. */
function takes(schema: FastifySchema, { part, field }: Place): boolean {
  const asked = (part === 'query' ? schema.querystring : schema[part]) ?? {};
  const { properties = {}, required = [] } = asked as { properties?: object; required?: readonly string[] };
  return part === 'query' ? field in properties : required.includes(field);
}

/**
 * Lets a caller who is no more than a customer at their own things: what is somebody else's is answered as what there
 * is not, by the same look-up, so that neither the answer nor the time it takes tells the one from the other.
 */
export function refuseForeign(owners: Owners): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const { own } = request.routeOptions.config;
    const customerId = confinedTo(request);
    if (customerId === undefined || own === undefined || own === 'nobody') return;
    const finders = typeof own === 'function' ? [own] : placesOf(own).map((place) => findAt(owners, place, customerId));
    for (const find of finders) {
      const found = await find(request);
      if (found.customerId !== customerId) throw new ProblemError(found.unknown);
    }
  };
}
