// A callback server of grpc++ with generated code and no work of its own: it decodes each request and encodes a reply.
//
//     server PORT
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <string>
#include <thread>

#include "exhook.grpc.pb.h"

using namespace emqx::exhook::PACKAGE;

namespace {

const std::string kRaw = "raw/";
const std::string kCooked = "site/berlin/";


class Provider final : public HookProvider::CallbackService {
  grpc::ServerUnaryReactor* OnClientConnected(grpc::CallbackServerContext* context,
                                              const ClientConnectedRequest*, EmptySuccess*) override {
    return Done(context);
  }

  grpc::ServerUnaryReactor* OnClientAuthorize(grpc::CallbackServerContext* context,
                                              const ClientAuthorizeRequest*, ValuedResponse* reply) override {
    reply->set_type(ValuedResponse::STOP_AND_RETURN);
    reply->set_bool_result(true);
    return Done(context);
  }

  grpc::ServerUnaryReactor* OnMessagePublish(grpc::CallbackServerContext* context,
                                             const MessagePublishRequest* request,
                                             ValuedResponse* reply) override {
    const std::string& topic = request->message().topic();
    if (topic.compare(0, kRaw.size(), kRaw) != 0) {
      reply->set_type(ValuedResponse::IGNORE);
      return Done(context);
    }
    reply->set_type(ValuedResponse::STOP_AND_RETURN);
    *reply->mutable_message() = request->message();
    reply->mutable_message()->set_topic(kCooked + topic.substr(kRaw.size()));
    return Done(context);
  }

  static grpc::ServerUnaryReactor* Done(grpc::CallbackServerContext* context) {
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

}  // namespace

int main(int, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  Provider provider;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string("127.0.0.1:") + argv[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&provider);
  auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now());
}
