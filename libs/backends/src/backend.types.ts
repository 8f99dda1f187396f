/** Tells a person what a slow step is doing; called often, each call replaces the text before it. */
export type Progress = (text: string) => void;

/** What a started PostgreSQL or Kafka lets its owner do. */
export interface RunningBackend {
  /** Ends it cleanly; resolves when the process is gone. A second call does nothing. */
  stop(): Promise<void>;
  /** Kills it as a crash would (SIGKILL) and resolves when it is gone. Its data stays. */
  kill9(): Promise<void>;
  /** Starts it again on the same data and the same port, after `kill9`, a crash or while it runs. */
  restart(): Promise<void>;
  /** Called when it ends without having been asked to. */
  onUnexpectedExit(listener: () => void): void;
}

export interface RunningPostgres extends RunningBackend {
  /** An administrator's connection string, `postgres://user:password@127.0.0.1:port/database`. */
  readonly url: string;
  readonly port: number;
}

/** A PostgreSQL that is a process of ours. */
export interface EmbeddedPostgres extends RunningPostgres {
  /** Stops it as `pg_ctl stop -m immediate` does: no checkpoint, every session cut; `restart` recovers from the log. */
  stopImmediately(): Promise<void>;
}

export interface RunningKafka extends RunningBackend {
  /** Comma separated `host:port`. */
  readonly brokers: string;
  readonly port: number;
}

/** Settings that PostgreSQL and Kafka share. */
export interface BackendOptions {
  /** Folder of this backend alone; made if missing. */
  dataDir: string;
  /** 0 or absent: a free one is taken. */
  port?: number;
  /** Where its output goes; default `<dataDir>/server.log`. */
  logFile?: string;
  /** Holds the decimal pid while it runs; default `<dataDir>/server.pid`. */
  pidFile?: string;
  /** Environment variable that moves the port, named in the error when the port is taken. */
  portVariable?: string;
  /**
   * For tests: the process is killed and `dataDir` removed when it is stopped and when this process ends, however
   * it ends (a SIGKILL included).
   */
  ephemeral?: boolean;
  progress?: Progress;
}
