import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { type CreateEndpointNeeds, createEndpoint } from '../deliveries/create-endpoint.ts';
import type { DeliveryReads, EndpointStore } from '../deliveries/ports.ts';
import type { ReplayNeeds } from '../deliveries/replay-deliveries.ts';
import { type RotateSecretNeeds, rotateSecret } from '../deliveries/rotate-secret.ts';
import type { TestEventNeeds } from '../deliveries/send-test-event.ts';
import { type UpdateEndpointNeeds, updateEndpoint } from '../deliveries/update-endpoint.ts';
import { fromTypeId } from '../ids.ts';
import { type Change, type SecondPersonNeeds, secondPerson } from '../merchants/second-person.ts';
import type { Sure } from '../orders/outcomes.ts';
import { type Context, callerWith, merchantOf } from './context.ts';
import { make } from './make.ts';
import {
  presentCreatedEndpoint,
  presentEndpoint,
  presentNotFound,
  presentRotated,
  presentUpdatedEndpoint,
} from './present-webhook.ts';
import { WebhookEndpoint } from './webhook.types.ts';
import { CreateWebhookEndpointInput, UpdateWebhookEndpointInput } from './webhook-input.types.ts';
import {
  CreateWebhookEndpointResult,
  DeleteWebhookEndpointResult,
  RotateWebhookSecretResult,
  UpdateWebhookEndpointResult,
  WebhookEndpointDeleted,
} from './webhook-result.types.ts';

export type WebhookNeeds = CreateEndpointNeeds &
  UpdateEndpointNeeds &
  RotateSecretNeeds &
  TestEventNeeds &
  ReplayNeeds & {
    readonly endpoints: EndpointStore;
    readonly deliveries: DeliveryReads;
    readonly confirmations: SecondPersonNeeds;
  };

const NOT_FOUND = { kind: 'webhook_endpoint_not_found' } as const;

/** An id that nothing has: asked for, it is not found like any other. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

export function endpointIdIn(named: string): string {
  return fromTypeId('whe', named) ?? NOBODY;
}

@Resolver()
export class WebhookResolver {
  readonly #needs: WebhookNeeds;

  constructor(needs: WebhookNeeds) {
    this.#needs = needs;
  }

  @Query(() => [WebhookEndpoint], { description: 'Oldest first.' })
  async webhookEndpoints(@Ctx() context: Context): Promise<WebhookEndpoint[]> {
    return (await this.#needs.endpoints.list(merchantOf(context, 'webhooks:manage'))).map(presentEndpoint);
  }

  @Query(() => WebhookEndpoint, { nullable: true })
  async webhookEndpoint(@Arg('id', () => ID) named: string, @Ctx() context: Context): Promise<WebhookEndpoint | null> {
    const endpoint = await this.#needs.endpoints.find(merchantOf(context, 'webhooks:manage'), endpointIdIn(named));
    return endpoint === undefined ? null : presentEndpoint(endpoint);
  }

  @Mutation(() => CreateWebhookEndpointResult, {
    description: 'Hears of what happens from now on. Answers the secret, which is never shown again. At most 20.',
  })
  async createWebhookEndpoint(
    @Arg('input', () => CreateWebhookEndpointInput) { url, eventTypes, description }: CreateWebhookEndpointInput,
    @Ctx() context: Context,
  ): Promise<typeof CreateWebhookEndpointResult> {
    const merchantId = merchantOf(context, 'webhooks:manage');
    const asked = { url, eventTypes: eventTypes ?? null, description: description ?? null };
    const sure = this.#sure(context, { act: 'create', ...asked }, `Tell events to a new webhook at ${url}`);
    return presentCreatedEndpoint(await createEndpoint(this.#needs, { merchantId, ...asked, sure }), context);
  }

  @Mutation(() => UpdateWebhookEndpointResult)
  async updateWebhookEndpoint(
    @Arg('input', () => UpdateWebhookEndpointInput) input: UpdateWebhookEndpointInput,
    @Ctx() context: Context,
  ): Promise<typeof UpdateWebhookEndpointResult> {
    const merchantId = merchantOf(context, 'webhooks:manage');
    const { id, url, eventTypes, description, enabled } = input;
    const changes = { url: url ?? undefined, eventTypes, description, enabled: enabled ?? undefined };
    const what = { act: 'move', id, url: url ?? null };
    const sure = this.#sure(context, what, `Tell the events of the webhook ${id} to ${url}`);
    const asked = { merchantId, id: endpointIdIn(id), changes, sure };
    return presentUpdatedEndpoint(await updateEndpoint(this.#needs, asked), context);
  }

  @Mutation(() => DeleteWebhookEndpointResult, { description: 'Its deliveries are gone with it.' })
  async deleteWebhookEndpoint(
    @Arg('id', () => ID) named: string,
    @Ctx() context: Context,
  ): Promise<typeof DeleteWebhookEndpointResult> {
    const removed = await this.#needs.endpoints.remove(merchantOf(context, 'webhooks:manage'), endpointIdIn(named));
    return removed ? make(WebhookEndpointDeleted, { id: named }) : presentNotFound(NOT_FOUND);
  }

  @Mutation(() => RotateWebhookSecretResult, {
    description: 'A new secret; for 24 hours messages are signed by the one before too.',
  })
  async rotateWebhookSecret(
    @Arg('id', () => ID) named: string,
    @Ctx() context: Context,
  ): Promise<typeof RotateWebhookSecretResult> {
    const outcome = await rotateSecret(this.#needs, {
      merchantId: merchantOf(context, 'webhooks:manage'),
      id: endpointIdIn(named),
      sure: this.#sure(context, { act: 'rotate', id: named }, `A new secret for the webhook ${named}`),
    });
    return presentRotated(outcome, context);
  }

  #sure(context: Context, what: Change['what'], summary: string): Sure {
    const caller = callerWith(context, 'webhooks:manage');
    return secondPerson(this.#needs.confirmations, caller, { kind: 'webhook', what, summary });
  }
}
