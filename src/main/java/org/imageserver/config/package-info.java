/**
 * What the operator decides: the configuration file, its keys, and the settings they make. Nothing here starts or
 * opens anything; wiring the settings to the parts is the job of {@link org.imageserver.ImageServer}.
 */
@NullMarked
package org.imageserver.config;

import org.jspecify.annotations.NullMarked;
