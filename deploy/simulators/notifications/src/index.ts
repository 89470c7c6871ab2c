export type { SentMessage, Simulation } from './simulation.ts';
export { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts';
