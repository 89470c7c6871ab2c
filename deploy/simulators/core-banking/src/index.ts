export { customers } from './customers.ts';
export type { Fault, Simulation } from './simulation.ts';
export { type Part, type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
