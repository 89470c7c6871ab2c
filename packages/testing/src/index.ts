export {
  consumedTables,
  contradictions,
  durableTables,
  ledgerContradictions,
  letRefusalsStand,
  unrest,
} from './books.ts';
export { type StackCoordinates, testStack } from './coordinates.ts';
export { deadLetterTopics, drained, endsOf, eventTopics, type Subject, snapshot, subjectsOf } from './drained.ts';
export { eventually } from './eventually.ts';
export { type KafkaProxy, startKafkaProxy } from './faults/kafka-proxy.ts';
export { type PostgresProxy, startPostgresProxy } from './faults/postgres-proxy.ts';
export { type Address, type Fault, type Passage, startTcpProxy, type TcpProxy } from './faults/tcp-proxy.ts';
export { type TestIssuer, testIssuer } from './issuer.ts';
export { default as startTestStack } from './jest/start-stack.ts';
export { default as stopTestStack } from './jest/stop-stack.ts';
export { kubernetesWorkloads, type Workload } from './kubernetes-workloads.ts';
export { type CollectedSpan, type CollectorManner, type OtlpCollector, startOtlpCollector } from './otlp-collector.ts';
export { type Random, randomFrom } from './random.ts';
export { readCsv } from './read-csv.ts';
export { readPdf } from './read-pdf.ts';
export { type RefusingProvider, startRefusingProvider } from './refusing-provider.ts';
export { type ServiceProcess, startServiceProcess } from './service-process.ts';
export { openSql, type SqlConnection } from './sql.ts';
export {
  type LinkName,
  links,
  type Replica,
  type Reroute,
  type RestartableService,
  startTestSystem,
  type TestSystem,
} from './system.ts';
export { createTestTenant, type TestTenant } from './tenant.ts';
export {
  assignmentsOf,
  createTopic,
  deleteGroups,
  deleteTopics,
  type ReadMessage,
  readTopic,
  topicEnds,
  truncateTopics,
} from './topics.ts';
export {
  type Kind,
  kinds,
  type OpenLoan,
  type Operation,
  planLoan,
  planOperation,
  planSpending,
  REFUSING_PROVIDER,
  type Spending,
} from './traffic-plan.ts';
export { workbookOf, workbookParts, type ZipEntry, zipOf } from './workbook.ts';
