// Ask @cloud-copilot/iam-simulate one question for a while, and print its decisions a second.
// `unchecked` leaves out its checks of the request and the policies (runUnsafeSimulation).
import { readFileSync } from 'node:fs'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const { seconds, scenario } = JSON.parse(readFileSync(0, 'utf8'))
const { request, policies } = scenario
const simulation = {
  request: {
    principal: request.principal,
    action: request.action,
    resource: { resource: request.resource, accountId: request.resource.split(':')[4] },
    contextVariables: request.context
  },
  identityPolicies: policies.identity_based.map((policy, index) => ({ name: `policy-${index}`, policy })),
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  resourcePolicy: policies.resource_based
}
const ask = process.argv[2] === 'unchecked' ? runUnsafeSimulation : runSimulation
const cpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6
let size = 0
for (const end = cpu() + seconds; cpu() < end; size += 1) await ask(simulation, {})
size = Math.max(1, Math.floor(size / 20))
let best = 0
for (const end = cpu() + seconds; cpu() < end; ) {
  const start = cpu()
  for (let done = 0; done < size; done += 1) await ask(simulation, {})
  best = Math.max(best, size / (cpu() - start))
}
console.log(best)
