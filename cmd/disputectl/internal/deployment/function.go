package deployment

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Function is a function as it is deployed. The stack's events start it by its name, so what is deployed is what serves.
type Function struct {
	types.FunctionConfiguration
	// codeURL is where its package can be downloaded for some minutes. Whoever has it needs no credentials.
	codeURL string
}

// Function reads what is deployed of the function that an output names.
func (s Stack) Function(ctx context.Context, api Functions, output string) (Function, error) {
	name, err := s.Output(output)
	if err != nil {
		return Function{}, err
	}
	out, err := api.GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: aws.String(name)})
	if err != nil {
		return Function{}, fmt.Errorf("read function %s: %w", name, err)
	}
	var f Function
	if out.Configuration != nil {
		f.FunctionConfiguration = *out.Configuration
	}
	if out.Code != nil {
		f.codeURL = aws.ToString(out.Code.Location)
	}
	return f, nil
}

// Variable returns one of the function's environment variables.
func (f Function) Variable(name string) string {
	if f.Environment == nil {
		return ""
	}
	return f.Environment.Variables[name]
}
