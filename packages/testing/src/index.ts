export { type StackCoordinates, testStack } from './coordinates.ts';
export { eventually } from './eventually.ts';
export { type TestIssuer, testIssuer } from './issuer.ts';
export { type ServiceProcess, startServiceProcess } from './service-process.ts';
export { openSql, type SqlConnection } from './sql.ts';
export { createTestTenant, type TestTenant } from './tenant.ts';
export { deleteGroups, deleteTopics, type ReadMessage, readTopic, topicEnds } from './topics.ts';
