// Small sentences: counts that agree in grammar, texts cut to a line, and texts without what differs from pod to pod.

/** `1 restart`, `14 restarts`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** First line of a text, at most `max` characters, cut at the end with `…`. */
export function line(text: string, max = 100): string {
  const end = text.search(/[\r\n]/);
  const first = (end < 0 ? text : text.slice(0, end)).trim();
  return first.length <= max ? first : `${first.slice(0, max - 1).trimEnd()}…`;
}

const uids = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const longHex = /\b[0-9a-f]{12,}\b/gi;
const addresses = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g;
const numbers = /\d+/g;

/** A text as the cause of a problem: without uids, hashes, addresses and numbers, so that equal reasons are equal. */
export const causeOf = (text: string): string =>
  line(text, 200).replace(uids, '*').replace(longHex, '*').replace(addresses, '*').replace(numbers, '*');

/** ` pod=cart-7d9f-x2v8k_shop(7d3e…)`, ` in pod …`: the kubelet names the pod once more, and by its uid. */
const samePod = /(?:\s+in)?\s+pod[= ]\S+_\S+?\([^()\s]*\)/g;

/**
 * `reason: message` as a line of evidence, without what is missing and without the pod that it stands beside anyway;
 * describe and the events have it raw.
 */
export const quoted = (reason: string, message: string): string => {
  const words = message.replace(samePod, '').trim();
  return words === '' ? reason : reason === '' ? words : `${reason}: ${words}`;
};
