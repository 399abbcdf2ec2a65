// What a URL must be like to be posted to, as far as the URL alone tells. The same rules hold when an endpoint is made
// and at every attempt.
import { isIP } from 'node:net';
import { isLoopback, isPublic } from './addresses.ts';

/** `local`: a developer's machine, where http and loopback are fine too. */
export interface TargetRules {
  readonly local: boolean;
}

export type Target = { readonly url: URL } | { readonly refusal: string };

/** Plain port numbers; the protocol's own is ''. */
const PORTS = ['', '443', '8443'];

export function readTarget(text: string, rules: TargetRules): Target {
  if (!URL.canParse(text)) return { refusal: 'must be a URL, like https://shop.example.com/kassa' };
  const url = new URL(text);
  const refusal = faultInForm(url, rules) ?? faultInHost(hostOf(url), rules);
  return refusal === undefined ? { url } : { refusal };
}

/** The host without the brackets of an IPv6 address. WHATWG URL has made plain addresses of `0x7f.1` and the like. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function faultInAddress(address: string, { local }: TargetRules): string | undefined {
  if (isPublic(address) || (local && isLoopback(address))) return undefined;
  return `must not lead to ${address}: that is no public address`;
}

function faultInForm({ protocol, port, username, password }: URL, { local }: TargetRules): string | undefined {
  if (protocol !== 'https:' && !(local && protocol === 'http:')) return 'must begin with https://';
  if (username !== '' || password !== '') return 'must not contain a user name or a password';
  return local || PORTS.includes(port) ? undefined : 'must use port 443 or 8443';
}

function faultInHost(host: string, rules: TargetRules): string | undefined {
  if (isIP(host) !== 0) return faultInAddress(host, rules);
  if (rules.local || !/(^|\.)localhost\.?$/i.test(host)) return undefined;
  return `must not lead to ${host}: that is this machine`;
}
