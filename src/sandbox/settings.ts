import { z } from 'zod';
import { ALIPAY_LADDER, parseLadder } from './ladder.ts';

const statuses = z.enum(['WAIT_BUYER_PAY', 'TRADE_SUCCESS', 'TRADE_CLOSED', 'TRADE_FINISHED']);

/** How many times faster than real time resendings come. */
const timeScale = z.number().min(0.01).max(1_000_000);

const settingsSchema = z.strictObject({
  /** Which statuses are told to the notify_url. Face-to-face tells TRADE_SUCCESS only. */
  notifyOn: z.array(statuses).max(4),
  /** Whether a refund that leaves nothing of a face-to-face trade sends a TRADE_CLOSED notice; Alipay usually does not. */
  notifyFullRefund: z.boolean(),
  /** The shortest time between two refund calls for one trade; 0: none. */
  refundGapSeconds: z.number().int().min(0).max(3_600),
  /** Whether answers write `/` as `\/`, as Alipay does. */
  escapeSlash: z.boolean(),
  /** Whether cancel on a number nobody scanned kills its QR codes; Alipay's pages do not say. */
  cancelKillsUnscanned: z.boolean(),
  /** How far a request's timestamp may be off; null: any well-formed one will do. */
  timestampToleranceSeconds: z.number().int().min(1).max(86_400).nullable(),
  ladder: z
    .string()
    .max(500)
    .refine((text) => parseLadder(text) !== null, 'gaps such as 0,4m,10m,1h'),
  timeScale,
});

/** The part of the settings a caller changes; everything else stays. */
export const settingsChange = settingsSchema.partial();

export type Settings = z.infer<typeof settingsSchema>;

export function defaultSettings(scale: number): Settings {
  return {
    notifyOn: ['TRADE_SUCCESS'],
    notifyFullRefund: false,
    refundGapSeconds: 3,
    escapeSlash: true,
    cancelKillsUnscanned: true,
    timestampToleranceSeconds: null,
    ladder: ALIPAY_LADDER,
    timeScale: scale,
  };
}
