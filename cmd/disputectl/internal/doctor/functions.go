package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/config"
)

// function checks a function's state and settings: by the rules that the function itself reads them by, and against
// the stack.
func (p Target) function(name, output string) func(context.Context) Finding {
	const next = "deploy the stack again; settings changed by hand are in the function's configuration"
	return func(ctx context.Context) Finding {
		f, err := p.Stack.Function(ctx, p.Cloud.Functions, output)
		if err != nil {
			return unseen(err)
		}
		if f.State == types.StateFailed || f.LastUpdateStatus == types.LastUpdateStatusFailed {
			return fail(next, "it is %s: %s %s", f.State, aws.ToString(f.StateReason), aws.ToString(f.LastUpdateStatusReason))
		}
		if wrong := p.wrongSettings(ctx, config.Function(name), f); len(wrong) > 0 {
			return fail(next, "%s", strings.Join(wrong, "; "))
		}
		if f.State != types.StateActive && f.State != "" {
			return warn("run doctor again in a minute", "it is %s: %s", f.State, aws.ToString(f.StateReason))
		}
		return ok("version %s, %d MB, settings fine", aws.ToString(f.Version), aws.ToInt32(f.MemorySize))
	}
}

func (p Target) wrongSettings(ctx context.Context, name config.Function, f deployment.Function) []string {
	var wrong []string
	if handler := aws.ToString(f.Handler); handler != string(name) {
		wrong = append(wrong, fmt.Sprintf("the handler is %q", handler))
	}
	settings, err := config.Read(name, func(variable string) string {
		// Lambda sets these, or the SDK reads them from the role.
		if strings.HasPrefix(variable, "AWS_") && !strings.HasPrefix(variable, "AWS_ENDPOINT_URL") {
			return "set"
		}
		return f.Variable(variable)
	})
	if err != nil {
		wrong = append(wrong, strings.Split(err.Error(), "\n")...)
	}
	if mark := settings.TableMark; mark != "" {
		t, err := p.described(ctx)
		if err == nil && mark != aws.ToString(t.LatestStreamArn) { // the check of the table reports the error
			wrong = append(wrong, fmt.Sprintf("TABLE_MARK is %s, the table's is %s: closing that is on for the one is off for the other", mark, aws.ToString(t.LatestStreamArn)))
		}
	}
	for _, same := range []struct{ variable, have, want string }{
		{"TABLE", settings.Table, p.output(deployment.Table)},
		{"API_KEY_SECRET", settings.APIKeySecret, p.output(deployment.APIKeySecret)},
		{"SIGNING_SECRET", settings.SigningSecret, p.output(deployment.SigningSecret)},
		{"ALARM_TOPIC", settings.AlarmTopic, p.output(deployment.AlarmTopic)},
		{"WOOSHPAY_URL", settings.WooshPayURL, p.wooshPayURL()},
	} {
		if same.have != "" && same.have != same.want {
			wrong = append(wrong, fmt.Sprintf("%s is %s, the stack's is %s", same.variable, same.have, same.want))
		}
	}
	return wrong
}

// output and wooshPayURL are empty for what the stack does not have.
func (p Target) output(name string) string {
	v, _ := p.Stack.Output(name)
	return v
}

func (p Target) wooshPayURL() string {
	v, _ := p.Stack.Parameter(deployment.WooshPayURL)
	return v
}
