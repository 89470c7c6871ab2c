export type { Simulation } from './simulation.ts';
export { type Part, type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
