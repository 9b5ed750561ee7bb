// A server of grpc-go with generated code and no work of its own: it decodes each request and encodes a reply.
//
//	server PORT
package main

import (
	"context"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	pb "exhook/pb"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

const (
	raw    = "raw/"
	cooked = "site/berlin/"
)

type provider struct {
	pb.UnimplementedHookProviderServer
}

func (provider) OnClientConnected(context.Context, *pb.ClientConnectedRequest) (*pb.EmptySuccess, error) {
	return &pb.EmptySuccess{}, nil
}

func (provider) OnClientAuthorize(context.Context, *pb.ClientAuthorizeRequest) (*pb.ValuedResponse, error) {
	return &pb.ValuedResponse{
		Type:  pb.ValuedResponse_STOP_AND_RETURN,
		Value: &pb.ValuedResponse_BoolResult{BoolResult: true},
	}, nil
}

func (provider) OnMessagePublish(_ context.Context, request *pb.MessagePublishRequest) (*pb.ValuedResponse, error) {
	topic := request.GetMessage().GetTopic()
	if !strings.HasPrefix(topic, raw) {
		return &pb.ValuedResponse{Type: pb.ValuedResponse_IGNORE}, nil
	}
	message := proto.Clone(request.GetMessage()).(*pb.Message)
	message.Topic = cooked + strings.TrimPrefix(topic, raw)
	return &pb.ValuedResponse{
		Type:  pb.ValuedResponse_STOP_AND_RETURN,
		Value: &pb.ValuedResponse_Message{Message: message},
	}, nil
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterHookProviderServer(server, provider{})
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	go func() {
		<-end
		server.Stop()
	}()
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}
