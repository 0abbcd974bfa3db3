package local

import _ "embed" // The policy that is built in.

// PolicyYAML is the policy for whoever brings none.
//
//go:embed policy.yaml
var PolicyYAML []byte
