// What all watches of one session share: places for first syncs, what the server turned out to be able to, and how far
// away it is.
import { type Clock, systemClock } from '../../platform/clock.ts';
import { type Gate, newGate } from '../session/politeness.ts';
import type { Session } from '../session/contract.ts';

/** A list of everything costs a server up to ten seats of its fair queuing; a normal user has about fifty. */
const syncPlaces = 4;
/** Beyond this, bytes are dearer than the CPU that packs them. */
const farMs = 40;
const samples = 5;
/** Watches that HTTP/1.1 can hold open at a time (see the places in session.ts). */
const h1Watches = 4;

export interface ClusterManners {
  readonly syncs: Gate;
  /** Set when the server refused to stream a first set; LIST is used from then on. */
  watchListRefused: boolean;
  /** First sets that stopped half-way: a server that never ends them looks like that. */
  stalls: number;
  /** A sync crawled: lists are asked for packed from now on. */
  crawls: boolean;
  /** Far away or slow: a packed LIST beats a stream that is not packed (before 1.37). */
  readonly isSlow: boolean;
  /** More watches than connections: each keeps its place only for a short while, and goes on later without a loss. */
  readonly sharesPlaces: boolean;
  /** A watch exists; disposing says that it does no longer. */
  join(): Disposable;
  /** The server is overloaded: half of the places for a minute. */
  ease(): void;
}

const known = new WeakMap<Session, ClusterManners>();

/** One per session, made at first use, and gone with it. */
export function mannersOf(session: Session, clock: Clock = systemClock): ClusterManners {
  const found = known.get(session);
  if (found !== undefined) return found;
  const made = newManners(session, clock);
  known.set(session, made);
  return made;
}

function newManners(session: Session, clock: Clock): ClusterManners {
  const syncs = newGate(syncPlaces, clock);
  const roundTrips: number[] = [];
  let members = 0;
  let isH1 = false;
  session.on((event) => {
    if (event.type === 'connected') isH1 = event.protocol === 'http/1.1';
    if (event.type !== 'heard' || event.roundTripMs === undefined) return;
    roundTrips.push(event.roundTripMs);
    if (roundTrips.length > samples) roundTrips.shift();
  });
  return {
    syncs,
    watchListRefused: false,
    stalls: 0,
    crawls: false,
    get isSlow() {
      // The least of several: a busy thread of ours adds to a measurement, nothing takes away from it.
      return this.crawls || (roundTrips.length > 0 && Math.min(...roundTrips) > farMs);
    },
    get sharesPlaces() {
      return isH1 && members > h1Watches;
    },
    join() {
      members++;
      let left = false;
      return {
        [Symbol.dispose]() {
          if (!left) members--;
          left = true;
        },
      };
    },
    ease: () => syncs.halveFor(60_000),
  };
}
