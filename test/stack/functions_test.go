//go:build parts

package stack

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// invoke runs a function, named by its output, as its schedule would, and fails if the function did.
func (s *stack) invoke(t *testing.T, function, event string) []byte {
	t.Helper()
	out, err := lambda.NewFromConfig(s.aws.Config()).Invoke(t.Context(), &lambda.InvokeInput{
		FunctionName: aws.String(s.outputs[function]), Payload: []byte(event),
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.FunctionError != nil {
		t.Fatalf("%s failed: %s: %s", function, *out.FunctionError, out.Payload)
	}
	return out.Payload
}
