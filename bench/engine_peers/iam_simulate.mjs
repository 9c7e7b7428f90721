// Ask @cloud-copilot/iam-simulate one question for a while, and print its decisions a second.
import { readFileSync } from 'node:fs'
import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

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
const cpu = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6
const warm = cpu()
let size = 0
while (cpu() - warm < seconds) {
  runUnsafeSimulation(simulation, {})
  size += 1
}
size = Math.max(1, Math.floor(size / 20))
let best = 0
for (const end = cpu() + seconds; cpu() < end; ) {
  const start = cpu()
  for (let done = 0; done < size; done += 1) runUnsafeSimulation(simulation, {})
  best = Math.max(best, size / (cpu() - start))
}
console.log(best)
