// The official SDK, without what its HTTP client does to everybody else: on import urllib replaces `destroy` of
// every socket in the process by one that throws when the same error ends a second socket ("Cannot redefine
// property: Symbol(socket of error)"). That ends pools, and this program. It only serves urllib's debug log.
import { Socket } from 'node:net';

export { AlipaySdk, type AlipaySdkConfig, type IRequestParams } from 'alipay-sdk';

// node:net has no `destroy` of its own: without the replacement the stream's one is back.
Reflect.deleteProperty(Socket.prototype, 'destroy');
