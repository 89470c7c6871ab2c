export { createGateway, type GatewayOptions } from './gateway.ts';
export { ownerOf, type RouteTable, readRouteTable, type ServiceName } from './route-table.ts';
