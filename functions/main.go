// Command bootstrap is the executable of all the Lambda functions. The handler's name (_HANDLER) selects one.
package main

import (
	"context"
	stdlog "log"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func main() {
	fit(os.Getenv)
	log := lambdacontext.NewLogger()
	stdlog.SetOutput(redactor{os.Stderr})
	handle, err := start(context.Background(), os.Getenv, os.Stdout, log)
	if err != nil {
		log.Error("the function cannot start", "faults", strings.Split(err.Error(), "\n"))
		if err := reportInitFault(context.Background(), os.Getenv("AWS_LAMBDA_RUNTIME_API"), err); err != nil {
			log.Error("fault not reported", "error", err)
		}
		os.Exit(1)
	}
	lambda.Start(handle)
}
