/**
 * Settings of a single Kafka 4.1 broker in KRaft mode, the same embedded and in Docker. Internal topics have one
 * replica and few partitions, since nothing is gained by more on one machine.
 */
export function brokerSettings(at: {
  host: { listen: string; advertised: string; port: number };
  controllerPort: number;
  dataFolder: string;
}): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${at.controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `HOST://${at.host.listen}:${at.host.port},CONTROLLER://127.0.0.1:${at.controllerPort}`,
    'advertised.listeners': `HOST://${at.host.advertised}`,
    'listener.security.protocol.map': 'HOST:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'HOST',
    'log.dirs': at.dataFolder,
    // The migration steps create the topics, with the settings of their contracts.
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '8',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '8',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // Each partition maps its two indexes into memory at this size; the default of 10 MiB is made for large ones.
    'log.index.size.max.bytes': '1048576',
  };
}
