package org.slipway.activiti.runtimebundle;

import org.activiti.cloud.starter.rb.configuration.ActivitiRuntimeBundle;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
@ActivitiRuntimeBundle
public class RuntimeBundle {
    public static void main(String[] arguments) {
        SpringApplication.run(RuntimeBundle.class, arguments);
    }
}
