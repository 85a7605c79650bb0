import { workerData } from 'node:worker_threads'

// Runs beside the thread that reads scripts. A process whose parent dies is given another one.
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, 250)
