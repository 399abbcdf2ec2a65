/** A setting of the Alipay account that cannot work. The message names it and never quotes its value. */
export class AlipaySettingsError extends Error {
  /** The environment variable to correct: `ALI_PRIVATE_KEY`. */
  readonly variable: string;

  constructor(variable: string, problem: string, options?: ErrorOptions) {
    super(`${variable} ${problem}`, options);
    this.name = 'AlipaySettingsError';
    this.variable = variable;
  }
}
