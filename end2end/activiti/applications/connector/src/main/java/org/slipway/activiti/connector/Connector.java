package org.slipway.activiti.connector;

import java.util.HashMap;
import java.util.Map;
import org.activiti.cloud.api.process.model.IntegrationRequest;
import org.activiti.cloud.connectors.starter.channels.IntegrationResultSender;
import org.activiti.cloud.connectors.starter.configuration.ConnectorProperties;
import org.activiti.cloud.connectors.starter.configuration.EnableActivitiCloudConnector;
import org.activiti.cloud.connectors.starter.model.IntegrationResultBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.stream.annotation.EnableBinding;
import org.springframework.cloud.stream.annotation.Input;
import org.springframework.cloud.stream.annotation.StreamListener;
import org.springframework.messaging.SubscribableChannel;

/**
 * One action: takes the input `name`, returns the output `greeting`. Service tasks reach it by
 * implementation="CONNECTOR_NAME.CONNECTOR_ACTION".
 */
@SpringBootApplication
@EnableActivitiCloudConnector
@EnableBinding(Connector.Channels.class)
public class Connector {
    interface Channels {
        String REQUESTS = "requests";

        @Input(REQUESTS)
        SubscribableChannel requests();
    }

    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    private final IntegrationResultSender sender;
    private final ConnectorProperties properties;
    private final String word;

    Connector(IntegrationResultSender sender, ConnectorProperties properties, @Value("${connector.word}") String word) {
        this.sender = sender;
        this.properties = properties;
        this.word = word;
    }

    public static void main(String[] arguments) {
        SpringApplication.run(Connector.class, arguments);
    }

    @StreamListener(Channels.REQUESTS)
    public void greet(IntegrationRequest request) {
        Object name = request.getIntegrationContext().getInBoundVariables().get("name");
        Map<String, Object> outputs = new HashMap<>();
        outputs.put("greeting", word + ", " + (name == null ? "stranger" : name) + "!");
        LOG.info("process instance {}: {}", request.getIntegrationContext().getProcessInstanceId(), outputs);
        sender.send(IntegrationResultBuilder.resultFor(request, properties).withOutboundVariables(outputs).buildMessage());
    }
}
