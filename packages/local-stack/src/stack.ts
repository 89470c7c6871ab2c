import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerAnswers } from './docker-engine.ts';
import { startEmbedded } from './embedded/embedded.ts';
import { claimFolder, releaseFolder } from './folder.ts';
import { givenStack } from './given.ts';
import { readJson, writeJson } from './json-file.ts';
import { stopRecorded } from './processes.ts';
import { messageOf, StackError } from './stack-error.ts';

export type StackKind = 'given' | 'docker' | 'embedded';

/** A server of the stack that ended without being asked to. */
export interface Death {
  readonly name: string;
  readonly how: string;
  readonly logFile: string;
}

/** A server of this stack that can be made to crash; the two calls take turns. */
export interface CrashableServer {
  /** `kill -9` of the server with all its processes, of which no listener is told. */
  kill(): Promise<void>;
  /** Starts it again on its data and its port; resolves when it serves. */
  start(): Promise<void>;
}

export interface Servers {
  readonly postgres: { readonly adminUrl: string };
  readonly kafka: { readonly brokers: string[] };
  /** Missing for given servers, which are others' too. */
  readonly crashable?: { readonly postgres: CrashableServer; readonly kafka: CrashableServer };
  onDeath(listener: (death: Death) => void): void;
  stop(): Promise<void>;
}

export interface Stack extends Servers {
  readonly kind: StackKind;
}

export interface PreferredPorts {
  readonly postgres?: number;
  readonly kafka?: number;
}

export interface StackOptions {
  /** Where data, logs and the records of running processes go. */
  readonly folder: string;
  /** True: data outlives the stack. False: the folder is removed at the end. */
  readonly keep: boolean;
  /** Whether Postgres waits for the disk (fsync), which only a power cut could punish; as `keep` unless told. */
  readonly durable?: boolean;
  readonly onProgress?: (line: string) => void;
  /** For the first start of embedded servers, where free; any free port otherwise. Two stacks at once share none. */
  readonly preferredPorts?: PreferredPorts;
  /** Leaves out the search for a Docker engine, or insists on one. */
  readonly only?: 'docker' | 'embedded';
  readonly env?: NodeJS.ProcessEnv;
}

/** What starters of servers are handed: the options, completed. */
export interface StartContext {
  readonly folder: string;
  readonly keep: boolean;
  readonly durable: boolean;
  readonly preferredPorts: PreferredPorts;
  readonly progress: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
}

interface FolderState {
  kind?: 'docker' | 'embedded';
}

/**
 * Gets a Postgres and a Kafka: those of DATABASE_URL and KAFKA_BROKERS, else in Docker, else embedded ones.
 * Throws a StackError with one sentence for the user when something on the machine is missing.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const env = options.env ?? process.env;
  const context: StartContext = {
    folder: options.folder,
    keep: options.keep,
    durable: options.durable ?? options.keep,
    preferredPorts: options.preferredPorts ?? {},
    progress: options.onProgress ?? (() => undefined),
    env,
  };
  const leftovers = await claimFolder(options.folder);
  if (leftovers.length > 0) context.progress(`stopped what an earlier run left behind: ${leftovers.join(', ')}`);
  const close = async (): Promise<void> => {
    await stopRecorded(options.folder);
    releaseFolder(options.folder);
    if (!options.keep) await rm(options.folder, { recursive: true, force: true });
  };
  try {
    const [kind, servers] = await startServers(context, options.only);
    return {
      ...servers,
      kind,
      stop: async () => {
        await servers.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServers(context: StartContext, only: StackOptions['only']): Promise<[StackKind, Servers]> {
  const given = await givenStack(context.env);
  if (given) return ['given', given];
  const stateFile = join(context.folder, 'state.json');
  // A folder keeps its kind, since the servers of one kind cannot see the data of the other.
  const settled = only ?? readJson<FolderState>(stateFile)?.kind;
  const kind = settled ?? ((await dockerAnswers(context.env)) ? 'docker' : 'embedded');
  writeJson(stateFile, { kind });
  if (kind === 'embedded') return [kind, await startEmbedded(context)];
  try {
    // Loaded only here: its dependencies take longer to load than Postgres to start.
    const { startInDocker } = await import('./docker.ts');
    return [kind, await startInDocker(context)];
  } catch (error) {
    if (settled) throw new StackError(`Docker could not start the servers: ${messageOf(error)}`);
    context.progress(`Docker could not start the servers (${messageOf(error).trim()}); taking embedded ones instead`);
    writeJson(stateFile, { kind: 'embedded' });
    return ['embedded', await startEmbedded(context)];
  }
}
