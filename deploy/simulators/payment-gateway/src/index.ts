export type { Operation } from './operations.ts';
export type { Simulation } from './simulation.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
