// node verify-heads.mjs <public key> <postings.ndjson> <folder of heads-*.json> [bucket]
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const [key, postings, folder, only] = process.argv.slice(2);
const spki = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' });
const sha = (...parts) => parts.reduce((all, each) => all.update(each), createHash('sha256'));
const hex = (...parts) => sha(...parts).digest('hex');
const [faults, leaves, last] = [[], new Map(), new Map()];
const expect = (isTrue, text) => isTrue || faults.push(text);
let [count, member, seq, head, begin, fits] = [0, '', 0, '', '', 'no day'];
for await (const line of createInterface({ input: createReadStream(postings) })) {
  const [previous, hash, fields] = JSON.parse(line);
  if (fields[0] !== member) [member, seq, head] = [fields[0], 0, hex(`fealty:${fields[0]}`)];
  const name = `member ${member} posting ${fields[1]}`;
  expect(fields[1] === seq + 1, `${name}: does not come after ${seq}`);
  expect(previous === head, `${name}: does not follow the posting before`);
  expect(hex(previous, line.slice(135, -1)) === hash, `${name}: is not what was hashed`);
  [count, seq, head] = [count + 1, fields[1], hash];
  const at = `${parseInt(member.slice(0, 2), 16) % 64} ${new Date(fields[10]).toJSON().slice(0, 10)}`;
  leaves.set(at, (leaves.get(at) ?? new Map()).set(member, `${member} ${seq} ${hash}`));
}
const rootOf = (nodes) => {
  if (nodes.length < 2) return nodes[0] ?? sha('').digest();
  const half = 2 ** (Math.ceil(Math.log2(nodes.length)) - 1);
  return sha('\x01', rootOf(nodes.slice(0, half)), rootOf(nodes.slice(half))).digest();
};
for (const file of readdirSync(folder).sort()) {
  if (!/^heads-.*\.json$/.test(file)) continue;
  const { day, heads } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
  expect(new Set(heads.map(({ bucket }) => bucket)).size === 64, `${file}: heads are missing`);
  for (const { bucket, members, root, previous, signature } of heads) {
    const lines = ['fealty daily head 1', bucket, day, members, root, previous, ''];
    const text = Buffer.from(lines.join('\n'));
    const name = `${file} bucket ${bucket}`;
    expect(verify(null, text, spki, Buffer.from(signature, 'base64')), `${name}: is not signed`);
    expect((last.get(bucket) ?? previous) === previous, `${name}: does not follow the day before`);
    last.set(bucket, hex(text));
    if (/^0+$/.test(previous)) begin = day;
    const nodes = [...(leaves.get(`${bucket} ${day}`)?.values() ?? [])].sort();
    const own = rootOf(nodes.map((leaf) => sha('\0', leaf).digest())).toString('hex');
    const isFit = own === root && nodes.length === members;
    expect(isFit || (only && only !== `${bucket}`), `${name}: postings differ`);
  }
  if (faults.length === 0) fits = day;
}
for (const at of leaves.keys()) expect(at.slice(-10) >= begin, `${at}: before the first head`);
const summary = `${count} postings, ${faults.length} faults; as signed up to the end of ${fits}.`;
process.stdout.write([...faults, summary, ''].join('\n'));
process.exitCode = faults.length > 0 ? 1 : 0;
