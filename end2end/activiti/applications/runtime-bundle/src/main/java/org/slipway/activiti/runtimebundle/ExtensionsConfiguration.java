package org.slipway.activiti.runtimebundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Map;
import org.activiti.spring.process.ProcessExtensionResourceReader;
import org.activiti.spring.process.model.ProcessExtensionModel;
import org.activiti.spring.process.variable.types.VariableType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Releases of today keep the extensions of a process below its identifier; 7.1.0.M5 knows only the form before, a
 * process a file, and takes the newer one for no extensions at all without a word. This reads both.
 */
@Configuration
class ExtensionsConfiguration {
    @Bean
    ProcessExtensionResourceReader processExtensionResourceReader(ObjectMapper mapper, Map<String, VariableType> variableTypeMap) {
        return new ProcessExtensionResourceReader(mapper, variableTypeMap) {
            @Override
            public ProcessExtensionModel read(InputStream content) throws IOException {
                JsonNode file = mapper.readTree(content);
                return super.read(new ByteArrayInputStream(mapper.writeValueAsBytes(older(file))));
            }
        };
    }

    static JsonNode older(JsonNode file) {
        JsonNode extensions = file.path("extensions");
        if (!extensions.isObject() || extensions.has("properties") || extensions.has("mappings") || extensions.has("constants")) {
            return file;
        }
        Iterator<Map.Entry<String, JsonNode>> processes = extensions.fields();
        if (!processes.hasNext()) {
            return file;
        }
        Map.Entry<String, JsonNode> process = processes.next();
        if (processes.hasNext()) {
            throw new IllegalArgumentException("7.1.0.M5 keeps the extensions of one process a file; " + file.path("name") + " has more");
        }
        ObjectNode older = file.deepCopy();
        older.put("id", process.getKey());
        older.set("extensions", process.getValue());
        return older;
    }
}
