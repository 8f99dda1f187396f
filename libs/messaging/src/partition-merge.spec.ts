import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PartitionMerge } from './partition-merge.ts';

const SILENCE_MS = 60_000;

describe('the merge of partitions', () => {
  it('gives every record once, in the order of their instants, however the partitions take turns', async () => {
    const partition = fc.array(fc.nat(50), { maxLength: 40 });
    const story = fc.tuple(fc.array(partition, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat(3)));
    await fc.assert(
      fc.asyncProperty(story, async ([partitions, turns]) => {
        const inOrder = partitions.map((instants) => instants.toSorted((a, b) => a - b));
        const merge = new PartitionMerge<string>([...partitions.keys()], { hold() {}, release() {} });
        const rest = inOrder.map((instants, index) => instants.map((atMs, nth) => ({ atMs, name: `${index}.${nth}` })));
        const names: string[] = [];
        const expected = inOrder
          .flatMap((instants, index) => instants.map((atMs, nth) => ({ atMs, index, nth })))
          .toSorted((a, b) => a.atMs - b.atMs || a.index - b.index || a.nth - b.nth)
          .map(({ index, nth }) => `${index}.${nth}`);
        const reading = (async () => {
          for (let page = await merge.next(3, SILENCE_MS); page.length > 0; page = await merge.next(3, SILENCE_MS)) {
            names.push(...page);
          }
        })();
        const open = new Set(rest.keys());
        for (const turn of turns) {
          if (open.size === 0) break;
          const index = [...open][turn % open.size]!;
          const record = rest[index]!.shift();
          if (record === undefined) {
            merge.end(index);
            open.delete(index);
          } else merge.add(index, record.name, record.atMs);
          await Promise.resolve();
        }
        await reading;
        expect(names).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('holds back a partition that runs ahead of the others, and lets it go when they have come up', async () => {
    const told: string[] = [];
    const merge = new PartitionMerge<number>([0, 1], {
      hold: (partition) => void told.push(`hold ${partition}`),
      release: (partition) => void told.push(`release ${partition}`),
    });
    for (let atMs = 0; atMs < 1_200; atMs += 1) merge.add(0, atMs, atMs);
    expect(told).toEqual(['hold 0']);
    merge.add(1, -1, 1_100);
    merge.end(1);
    expect(await merge.next(1_000, SILENCE_MS)).toHaveLength(1_000);
    expect(told).toEqual(['hold 0', 'release 0']);
  });

  it('ends with the reason when the partitions fail', async () => {
    const merge = new PartitionMerge<number>([0], { hold() {}, release() {} });
    const waiting = merge.next(1, SILENCE_MS);
    merge.fail(new Error('the broker is away'));
    await expect(waiting).rejects.toThrow('the broker is away');
  });
});
