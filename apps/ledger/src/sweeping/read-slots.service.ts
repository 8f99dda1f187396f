/** How many reads may be under way: altogether, and of one merchant, whose slow provider must not hold up the others. */
export class ReadSlots {
  private readonly taken = new Map<string, number>();
  private takenInAll = 0;

  constructor(
    private readonly limitInAll: number,
    private readonly limitOfMerchant: number,
  ) {}

  /** Reads that may be begun now. */
  get free(): number {
    return this.limitInAll - this.takenInAll;
  }

  /** Of these merchants, those that may begin a read, and how many each. */
  roomsOf(merchantIds: readonly string[]): Map<string, number> {
    const rooms = merchantIds.map((merchantId) => [merchantId, this.roomOf(merchantId)] as const);
    return new Map(rooms.filter(([, room]) => room > 0));
  }

  take(merchantId: string): void {
    this.taken.set(merchantId, (this.taken.get(merchantId) ?? 0) + 1);
    this.takenInAll += 1;
  }

  giveBack(merchantId: string): void {
    const left = (this.taken.get(merchantId) ?? 0) - 1;
    if (left > 0) this.taken.set(merchantId, left);
    else this.taken.delete(merchantId);
    this.takenInAll -= 1;
  }

  private roomOf(merchantId: string): number {
    return Math.min(this.free, this.limitOfMerchant - (this.taken.get(merchantId) ?? 0));
  }
}
