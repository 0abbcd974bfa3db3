package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"disputecloser/cmd/disputectl/internal/deployment"
	"disputecloser/shared/config"
)

// function checks a function's state and settings: by the rules that the function itself reads them by, and against
// the stack.
func (p Target) function(name, output string) func(context.Context) Finding {
	next := "make deploy ENV=" + p.parameter(deployment.Environment) + " sets it again: it was changed by hand, or a deployment failed"
	return func(ctx context.Context) Finding {
		f, err := p.Stack.Function(ctx, p.Cloud.Functions, output)
		if err != nil {
			return unseen(err)
		}
		if f.State == types.StateFailed || f.LastUpdateStatus == types.LastUpdateStatusFailed {
			return fail(next, "it is %s: %s %s", f.State, aws.ToString(f.StateReason), aws.ToString(f.LastUpdateStatusReason))
		}
		wrong, unseenOf := p.otherThanDeployed(name, f)
		if wrong = append(p.wrongSettings(ctx, config.Function(name), f), wrong...); len(wrong) > 0 {
			return fail(next, "%s", strings.Join(wrong, "; "))
		}
		if unseenOf != nil {
			return unseen(unseenOf)
		}
		if f.LastUpdateStatus == types.LastUpdateStatusInProgress {
			return warn("run doctor again in a minute", "it is being updated")
		}
		if f.State != types.StateActive && f.State != "" {
			return warn("run doctor again in a minute", "it is %s: %s", f.State, aws.ToString(f.StateReason))
		}
		return ok("%d MB, %s, %d s, settings as deployed", aws.ToInt32(f.MemorySize), architecture(f), aws.ToInt32(f.Timeout))
	}
}

func architecture(f deployment.Function) string {
	if len(f.Architectures) == 0 {
		return string(types.ArchitectureX8664) // Lambda's default
	}
	return string(f.Architectures[0])
}

// otherThanDeployed names what the function has otherwise than the stack's parameters and template say. Its error says why
// the template could not be read.
func (p Target) otherThanDeployed(name string, f deployment.Function) ([]string, error) {
	type setting struct{ what, has, deployed string }
	settings := []setting{
		{"memory in MB", strconv.Itoa(int(aws.ToInt32(f.MemorySize))), p.parameter(deployment.MemoryMegabytes)},
		{"architecture", architecture(f), p.parameter(deployment.Architecture)},
	}
	if config.Function(name) == config.Webhook {
		settings = append(settings, setting{"SIGNATURE_MAX_AGE", f.Variable("SIGNATURE_MAX_AGE"), p.parameter(deployment.SignatureMaxAge)})
	}
	t, err := p.template()
	if deployed := t.Timeout(strings.ToUpper(name[:1]) + name[1:]); deployed > 0 {
		settings = append(settings, setting{"timeout", (time.Duration(aws.ToInt32(f.Timeout)) * time.Second).String(), deployed.String()})
	}
	var wrong []string
	for _, s := range settings {
		if s.deployed != "" && s.has != s.deployed {
			wrong = append(wrong, fmt.Sprintf("%s is %s, the stack was deployed with %s", s.what, s.has, s.deployed))
		}
	}
	return wrong, err
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

func (p Target) wooshPayURL() string { return p.parameter(deployment.WooshPayURL) }

// parameter is empty for one that the stack does not have.
func (p Target) parameter(name string) string {
	v, _ := p.Stack.Parameter(name)
	return v
}
