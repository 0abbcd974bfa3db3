package operate_test

import (
	"slices"
	"strings"
	"testing"

	"disputecloser/functions/operate"
	"disputecloser/internal/template"
)

// Each act has a route of its own, which AWS opens only to identities whose policy names it. The webhook's stays open:
// WooshPay signs its events instead.
func TestTheTemplatesRoutes(t *testing.T) {
	deployed := template.Read(t)
	routes := map[string]string{}
	for name, resource := range deployed.Resources {
		timeoutMillis := 1000 * resource.Properties.TimeoutSeconds
		for _, event := range resource.Properties.Events {
			p := event.Properties
			if event.Type != "HttpApi" {
				continue
			}
			routes[name+" "+p.Method+" "+p.Path] = p.Auth.Authorizer
			if p.TimeoutMillis <= timeoutMillis || p.PayloadFormatVersion != "2.0" {
				t.Errorf("%s: the API waits %d ms for a function that may run for %d ms, with payload %s", p.Path, p.TimeoutMillis, timeoutMillis, p.PayloadFormatVersion)
			}
		}
	}
	want := map[string]string{"Webhook POST /webhook": ""}
	for _, act := range acts {
		want["Operate POST /operator/"+string(act)] = "AWS_IAM"
	}
	for route, authorizer := range want {
		if got, ok := routes[route]; !ok || got != authorizer {
			t.Errorf("%s has the authorizer %q, want %q", route, got, authorizer)
		}
	}
	if len(routes) != len(want) {
		t.Errorf("the routes are %v", routes)
	}
}

// Which act a person may do is which routes their policy names.
func TestThePoliciesOfPeople(t *testing.T) {
	const invoke, api = "execute-api:Invoke", "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/$default/"
	for name, may := range map[string][]operate.Act{
		"Viewer": nil, "Pauser": {operate.Pause}, "Operator": acts, "Maintainer": nil,
	} {
		policy := template.Read(t).Policy(t, name)
		for _, act := range acts {
			if got, want := policy.Allows(invoke, api+"POST/operator/"+string(act)), slices.Contains(may, act); got != want {
				t.Errorf("%s may %s: %v, want %v", name, act, got, want)
			}
		}
		for _, s := range policy {
			for _, action := range s.Actions {
				// Whoever invokes operate itself writes any identity into the event. The sweep reads nothing of its event.
				invokes := strings.HasPrefix(action, "lambda:Invoke") && !slices.Equal(s.Resources, []string{"Sweep.Arn"})
				if invokes || strings.HasPrefix(action, "iam:") || strings.HasPrefix(action, "sts:") {
					t.Errorf("%s allows %s", name, action)
				}
			}
			if slices.Contains(s.Actions, invoke) && len(s.Resources) != len(may) {
				t.Errorf("%s may invoke %v", name, s.Resources)
			}
		}
	}
}
