// Runs before the install, on the machine's own Node, which may be older than the one that the packages need.
const [major = 0, minor = 0] = process.versions.node.split('.').map((part) => Number.parseInt(part, 10));
const bringsNode24 = process.platform === 'linux' && process.arch === 'x64';
const isEnough = bringsNode24 ? major > 20 || (major === 20 && minor >= 19) : major >= 24;

if (!isEnough) {
  const needed = bringsNode24 ? '20.19 or newer to start (the install then brings Node 24 along)' : '24 or newer';
  process.stderr.write(
    `Tenor needs Node ${needed}; this is Node ${process.versions.node}. Get one at https://nodejs.org.\n`,
  );
  process.exit(1);
}
