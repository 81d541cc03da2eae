import type { Occasion } from '../earning/occasion.js';

/** Purchases made by these channels. */
export interface ChannelCondition {
  kind: 'channel';
  channels: readonly string[];
}

export const isByChannel = ({ channels }: ChannelCondition, { purchase }: Occasion): boolean =>
  channels.some((each) => each === purchase.channel);
