import { RebuildService, type RebuildCheck } from '../../src/ledger/rebuild/rebuild.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { live } from './history.js';

let engine: Engine;
let members: string[];

beforeAll(async () => {
  engine = await startEngine();
  members = await live(engine, 6);
});
afterAll(() => engine.close());

const rebuilt = (): Promise<RebuildCheck> => engine.context.get(RebuildService).check();

describe('a sound ledger', () => {
  it('L10: is what its postings and entries say, column by column', async () => {
    expect(await rebuilt()).toEqual({ members: 6, postings: expect.any(Number), differences: [] });
    expect((await engine.verify.verify()).differences).toEqual([]);
    expect(members).toHaveLength(6);
  });
});
