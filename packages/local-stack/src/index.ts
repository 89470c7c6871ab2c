export { ownerOf, temporaryFolder } from './folder.ts';
export { createIssuer, type Issuer, type TokenRequest } from './issuer.ts';
export { localFolder, repositoryRoot } from './paths.ts';
export { choosePort } from './ports.ts';
export { readRecords } from './processes.ts';
export { type ProvisionedUrls, provision, type RolePasswords } from './provision.ts';
export { type RunningSystem, runningSystem } from './running.ts';
export { localSecrets, type Secrets } from './secrets.ts';
export {
  type CrashableServer,
  type Death,
  type Stack,
  type StackKind,
  type StackOptions,
  startStack,
} from './stack.ts';
export { messageOf, StackError } from './stack-error.ts';
export { onStarterGone } from './starter-watch.ts';
export { type System, startSystem } from './system.ts';
